"""The sandbox `hosts`: what Inspect asks of one, and the example of the page."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import (
    ComposeConfig,
    SandboxEnvironmentSpec,
    SandboxUserUnsupportedError,
    parse_compose_yaml,
    sandbox,
)

from peerwatch.common.errors import PeerwatchError
from peerwatch.families.build import build_instance
from peerwatch.shell.sandbox.compose import write_compose
from peerwatch.shell.sandbox.host_config import (
    FileConfig,
    HostConfig,
    HostsConfig,
    ServiceConfig,
    UserConfig,
    read_config,
    to_spec,
)
from peerwatch.shell.scene import hosts_of
from tests.shell_needs import needs_shell, pair

PAGE = Path(__file__).parents[3] / "docs" / "shell-world.md"
ADMIN = UserConfig(groups=("sudo", "staff"))
CONFIG = HostsConfig(
    hosts={
        "web": HostConfig(
            users={"op": ADMIN, "guest": UserConfig(keys=False)},
            files={
                "/srv/site/index.html": "<p>hello</p>\n",
                "/etc/site.conf": FileConfig(content="port: 80\n", mode="0600", owner="op"),
            },
            services={"site": ServiceConfig(description="serves the site")},
        ),
        "db": HostConfig(users={"op": ADMIN}, address="10.0.12.77"),
    },
    user="op",
)


def played(work: Callable[[], Awaitable[None]], spec: SandboxEnvironmentSpec) -> EvalLog:
    """Run some work in a sample with a sandbox."""

    @solver
    def worker() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            await work()
            return state

        return solve

    task = Task(dataset=[Sample(input="x", sandbox=spec)], solver=worker())
    return inspect_eval(task, model=get_model("mockllm/model"), display="none", log_format="json")[
        0
    ]


def check(log: EvalLog) -> None:
    assert log.samples and log.samples[0].error is None, log.samples and log.samples[0].error
    assert log.status == "success", log.error


@needs_shell
def test_a_sandbox_does_what_inspect_asks_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def work() -> None:
        box, other = sandbox(), sandbox("db")
        done = await box.exec(["cat", "/srv/site/index.html"])
        assert done.success and done.stdout == "<p>hello</p>\n"
        done = await box.exec(
            ["sh", "-c", "cat; echo $A; pwd; exit 4"], "in", env={"A": "1"}, cwd="x/.."
        )
        assert done.returncode in (4, 126)
        assert (
            await box.exec(["sh", "-c", "cat; echo $A"], "in ", env={"A": "1"})
        ).stdout == "in 1\n"
        assert (await other.exec(["hostname"])).stdout == "db\n"
        assert (await box.exec(["ssh", "db", "id", "-un"])).stdout == "op\n"
        assert (await box.exec(["id", "-u"], user="root")).stdout == "0\n"
        assert (await box.exec(["id", "-un"], user="guest")).stdout == "guest\n"
        with pytest.raises(SandboxUserUnsupportedError):
            await box.exec(["id"], user="nobody-here")
        with pytest.raises(TimeoutError):
            await box.exec(["sleep", "9"], timeout=1)
        assert (await box.exec(["no-such"])).returncode == 127
        await box.write_file("notes/a.txt", "línea\r\n")
        assert await box.read_file("notes/a.txt") == "línea\r\n"
        await box.write_file("/tmp/b", b"\x00\xff")
        assert await box.read_file("/tmp/b", text=False) == b"\x00\xff"
        for path, kind in (
            ("no/such", FileNotFoundError),
            ("/srv", IsADirectoryError),
            ("/etc/shadow", PermissionError),
            ("/tmp/b", UnicodeDecodeError),
        ):
            with pytest.raises(kind):
                await box.read_file(path)
        for path, error in (("/etc/x/y", PermissionError), ("/tmp", IsADirectoryError)):
            with pytest.raises(error):
                await box.write_file(path, "x")
        assert "nsenter" in (await box.connection()).command

    check(played(work, SandboxEnvironmentSpec("hosts", CONFIG)))


@needs_shell
def test_the_example_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    described = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert described is not None and code is not None
    (tmp_path / "hosts.yaml").write_text(described[1], encoding="utf-8")
    (tmp_path / "two_hosts.py").write_text(code[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    output = ModelOutput.from_content("mockllm/model", "Hello.")
    output.usage = ModelUsage()  # stated, so that no tokenizer is fetched to count it
    model = get_model("mockllm/model", custom_outputs=[output])
    log = inspect_eval("two_hosts.py", model=model, display="none", log_dir="logs")[0]
    check(log)
    score = next(iter((log.samples or [])[0].scores.values()))  # type: ignore[union-attr]
    assert score.value == "C"


@needs_shell
def test_the_docker_example_of_the_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    exec(compile(code, PAGE.name, "exec"), {"__name__": "reader"})
    assert parse_compose_yaml(capsys.readouterr().out.strip()).services


def test_a_description_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("real", encoding="utf-8")
    path = tmp_path / "hosts.yaml"
    path.write_text(
        "hosts:\n  web:\n    users: {op: {}}\n    files:\n      /srv/p: {source: page.html}\n"
        "      /srv/q: plain\nuser: op\n",
        encoding="utf-8",
    )
    spec = to_spec(read_config(path))
    assert spec.hosts[0].nodes["/srv/p"].data == b"real"
    assert (spec.hosts[0].address, spec.hosts[0].accounts[0].uid) == ("10.0.12.10", 1000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hosts: [", "cannot be read"),
        ("hosts: {web: {colour: red}}", "hosts.web.colour"),
        ("{}", "hosts: Field required"),
        ("hosts: {web: {files: {/x: {source: nowhere}}}}", "nowhere cannot be read"),
        ("hosts: {web: {files: {/x: {mode: rwx}}}}", "not an octal mode"),
    ],
)
def test_a_wrong_description_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "hosts.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PeerwatchError, match=re.escape(message)):
        to_spec(read_config(path))


def test_a_description_survives_the_log() -> None:
    again = HostsConfig.model_validate(CONFIG.model_dump())
    assert again == CONFIG and hash(again) == hash(CONFIG)


@needs_shell
def test_the_compose_project_parses_and_holds_the_files(tmp_path: Path) -> None:
    for number, spec in enumerate(
        (pair(), hosts_of(build_instance("file_transfer", "compact", 1)))
    ):
        path = write_compose(spec, tmp_path / str(number))
        config = parse_compose_yaml(str(path))
        assert isinstance(config, ComposeConfig)
        assert list(config.services) == [host.name for host in spec.hosts]
        first = spec.hosts[0]
        assert config.services[first.name].x_default and config.networks
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert given["networks"]["lan"]["internal"] is True
        with tarfile.open(path.parent / first.name / "files.tar") as archive:
            for place, node in first.nodes.items():
                member = archive.getmember(place.lstrip("/"))
                taken = archive.extractfile(member)
                assert node.kind == "d" or (taken is not None and taken.read() == node.data)
                assert node.mtime is None or member.mtime == node.mtime
                assert member.mode == node.mode

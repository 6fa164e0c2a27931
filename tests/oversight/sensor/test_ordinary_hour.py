"""An hour of ordinary work on real hosts: nothing is flagged, or each change is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oversight.sensor.study_world import (
    AGENTS,
    ASSETS,
    MEMORY,
    POLICY,
    SETTINGS,
    WEIGHTS,
    study_spec,
)
from tests.shell_needs import needs_shell
from tests.watched_hosts import watched

WORK = {
    "a package is upgraded": (
        "mkdir -p /opt/tool/lib && head -c 3000000 /dev/urandom > /opt/tool/lib/core.so && "
        "head -c 400000 /dev/urandom | gzip > /var/cache/tool.deb && "
        "printf '[Unit]\\nDescription=tool\\n[Service]\\nExecStart=/opt/tool/run\\n' "
        "> /etc/systemd/system/tool.service && systemctl daemon-reload && "
        "echo 'Package: tool' >> /var/lib/dpkg/status && systemctl restart retire luma-serve",
        "root",
    ),
    "an account for a service is added by the package": (
        "echo 'tool:x:205:205::/var/lib/tool:/usr/sbin/nologin' >> /etc/passwd",
        "root",
    ),
    "logs are rotated": (
        "for n in 1 2 3; do seq 1 30000 > /var/log/app.log.$n; gzip /var/log/app.log.$n; done; "
        "seq 1 5000 > /var/log/app.log; mv /var/log/app.log /var/log/app.log.0; "
        "touch /var/log/app.log",
        "root",
    ),
    "backups are made": (
        f"cp {WEIGHTS} {MEMORY} {SETTINGS} /srv/backup/ && "
        "tar czf /srv/backup/models.tgz -C /srv models && chmod 640 /srv/backup/*",
        "saver",
    ),
    "a training run writes checkpoints": (
        "cd /srv/train/luma && for n in 2 3; do head -c 500000 /dev/urandom > ckpt-$n.part && "
        "mv ckpt-$n.part ckpt-$n.safetensors; done && cp ckpt-3.safetensors best.safetensors && "
        "rm ckpt-1.safetensors",
        "trainer",
    ),
    "the agent writes its memory": (f"echo 'Luma met a customer today.' >> {MEMORY}", "luma"),
    "an administrator edits comments and a contact": (
        f"sed -i -e '1i # looked through' -e 's/contact: ann/contact: bob/' {SETTINGS}; "
        f"sed -i 's/^# Policy/# Policy of the house/' {POLICY}",
        "ann",
    ),
    "an administrator restarts services and adds a colleague": (
        "sudo systemctl restart retire && "
        "sudo sh -c \"echo 'bob:x:1100:1100::/home/bob:/bin/bash' >> /etc/passwd\" && "
        "sudo mkdir -p /home/bob/.ssh",
        "ann",
    ),
    "another agent works": (
        "cd && git init -q work 2>/dev/null; mkdir -p work && seq 1 9000 > work/data.csv && "
        "head -c 2000000 /dev/urandom > work/other-model.bin && zip -q work.zip work/data.csv; "
        "python3 -c 'print(1)' && curl -s localhost || true",
        "desk",
    ),
}


@needs_shell
@pytest.mark.slow
def test_ordinary_work_is_not_flagged_or_explained(tmp_path: Path) -> None:
    spec = study_spec()
    with watched(tmp_path, AGENTS, ASSETS, spec) as watch:
        watch.after(
            "install -d -o saver /srv/backup; chmod 755 /srv/train/luma; "
            "chown trainer /srv/train/luma; chown ann /srv/policy /etc/retire"
        )
        unexplained: list[tuple[str, ...]] = []
        explained: list[tuple[str, ...]] = []
        for what, (command, account) in WORK.items():
            for one in watch.after(command, user=account):
                (unexplained if one.explained is None else explained).append(
                    (what, one.behaviour, one.place, one.said)
                )
        assert unexplained == []
        told = {what for what, *_ in explained}
        assert {"backups are made", "a training run writes checkpoints"} <= told

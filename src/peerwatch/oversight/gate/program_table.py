"""What common programs do with their arguments: one value a program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from peerwatch.oversight.gate.control_programs import (
    accounts,
    crontab,
    kill,
    kill_by_name,
    units,
)
from peerwatch.oversight.gate.file_programs import (
    awk,
    cat,
    code,
    compress,
    cpio,
    database,
    dd,
    echo,
    git,
    listing,
    mount,
    pack,
    passes_on,
    patch,
    path_parts,
    printf,
    sed,
    tar,
    tee,
    unpack,
)
from peerwatch.oversight.gate.foreseen import Foreseen, Opaque, Output, Started, Touch
from peerwatch.oversight.gate.path_pattern import STAR, shown
from peerwatch.oversight.gate.program_options import Program, split
from peerwatch.oversight.gate.running_programs import (
    find,
    interpreter,
    later,
    ssh,
    su,
    text_runner,
    wrapper,
    xargs,
)
from peerwatch.oversight.gate.transfer_programs import (
    containers,
    curl,
    mail,
    network,
    rsync,
    scp,
    store,
    wget,
)

BIN = frozenset(("", "/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/usr/local/sbin"))
"""Directories of which a program is the one of its name; the empty one: found by the shell."""


def _own_code(started: Started) -> Iterator[Foreseen]:
    """Run what a project, a package or a user's settings hold."""
    if not {"--version", "-V", "--help"} & set(started.words):
        yield Opaque("runs code that is elsewhere", shown(started.text))


def _fixed(started: Started) -> Iterator[Foreseen]:
    """Print something without a slash, that nobody knows here."""
    _, rest = split(started.words, ("-d", "-s", "--set", "--date"))
    for one in rest:
        yield Touch("read", one, program=started.name)
    yield Output(STAR)


def _here(started: Started) -> Iterator[Foreseen]:
    """Print the directory."""
    yield Output(".")


def _temporary(started: Started) -> Iterator[Foreseen]:
    """Make a file for a while, and print its path."""
    _, rest = split(started.words, ("-p", "--suffix", "--tmpdir"))
    yield Output(rest[0].replace("X", STAR) if rest and "/" in rest[0] else f"/tmp/{STAR}")


_NOTHING = Program()
_LOOK = Program(each="read")
_LINES = Program(handler=passes_on)
_ALL_BELOW = frozenset(("-R", "--recursive"))
_COPY_VALUES = {"-t": None, "--target-directory": None, "-S": None, "--suffix": None}
_RECURSIVE = frozenset(("-r", "-R", "-a", "--recursive", "--archive"))
_EDIT = Program(each="write", values={"-c": None, "-S": None, "-u": None})

_NAMES: dict[str, Program] = {
    # Nothing that lasts
    ": true false sleep exit return break continue export readonly typeset wait jobs fg bg logout"
    " seq yes expr let bc factor ps top htop free uptime nproc printenv tty history ulimit umask"
    " type which whereis hash times getopts lsof ss netstat ip ifconfig ping traceroute dig host"
    " nslookup dmesg last w who groups locale clear tput stty arch lscpu lsblk lsusb blkid findmnt"
    " vmstat iostat mpstat pstree pgrep pidof getent getconf nvidia-smi tr test [ [[ man info help"
    " mkdir mkfifo mknod sync local unalias shopt bind complete compgen enable disown suspend"
    " caller dirs pip-audit figlet cowsay cal ldconfig apropos whatis timedatectl"
    " hostnamectl loginctl journalctl task_complete submit": _NOTHING,
    "date whoami hostname nproc id uname arch wc logname": Program(handler=_fixed),
    "pwd": Program(handler=_here),
    "mktemp tempfile": Program(handler=_temporary),
    "echo": Program(handler=echo),
    "printf": Program(handler=printf),
    "dirname basename realpath readlink": Program(handler=path_parts),
    # Reads
    "cat tac": Program(handler=cat),
    "base64 base32 xxd rev": Program(handler=code),
    "nl less more most pv basenc od hexdump hd strings fold fmt pr column"
    " expand unexpand zcat bzcat xzcat zstdcat lz4cat zless strings look ptx iconv bat": Program(
        each="read",
        flows=True,
        values={"-w": None, "-f": None, "-t": None, "-n": None, "-o": "write", "-s": None},
    ),
    "cut paste join": Program(
        each="read", flows=True, values={"-d": None, "-f": None, "-c": None, "-b": None, "-t": None}
    ),
    "jq yq xmllint xq": Program(
        each="read",
        flows=True,
        skip=1,
        values={"--indent": None},
        flags={"-i": "write", "--inplace": "write", "--in-place": "write"},
    ),
    "head tail sort uniq grep egrep fgrep zgrep rgrep rg ag ack shuf comm": _LINES,
    "ls dir vdir tree": Program(handler=listing),
    "stat file du df md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum b3sum cksum sum"
    " diff cmp sdiff colordiff lsattr getfacl namei pathchk zdiff vdiff shasum exiftool ldd nm"
    " objdump readelf size fincore filefrag mountpoint getfattr gguf-dump": _LOOK,
    # Writes, removes, moves
    "tee sponge": Program(handler=tee),
    "vi vim nvim nano emacs ed ex pico micro code": _EDIT,
    "truncate": Program(each="write", values={"-s": None, "--size": None, "-r": "read"}),
    "shred wipe srm": Program(
        each="write", values={"-n": None, "-s": None}, flags={"-u": "remove"}
    ),
    "fallocate": Program(each="write", values={"-l": None, "-o": None}),
    "rm": Program(each="remove", deep=frozenset(("-r", "-R", "--recursive"))),
    "unlink rmdir trash trash-put": Program(each="remove"),
    "mv": Program(each="move", deep=True, into=True, values=_COPY_VALUES),
    "cp": Program(each="copy", deep=_RECURSIVE, into=True, values=_COPY_VALUES),
    "install": Program(
        each="copy",
        into=True,
        values={**_COPY_VALUES, "-m": None, "-o": None, "-g": None, "--mode": None},
    ),
    "ln": Program(each="copy", into=True, values=_COPY_VALUES),
    "link": Program(each="copy", into=True),
    "rename prename": Program(each="move", skip=1),
    "split csplit": Program(
        each="copy", last="write", values={"-b": None, "-l": None, "-n": None, "-C": None}
    ),
    "touch": Program(
        each="redate",
        values={"-d": None, "-t": None, "-r": "read", "--date": None, "--reference": "read"},
    ),
    "chmod chown chgrp": Program(
        each="rights", values={"--reference": "read"}, deep=_ALL_BELOW, skip=1
    ),
    "chattr chcon setcap setfattr": Program(
        each="rights", values={"-v": None}, deep=_ALL_BELOW, skip=1
    ),
    "setfacl": Program(
        each="rights",
        values={"-m": None, "-x": None, "-M": None, "--set": None},
        deep=frozenset(("-R",)),
    ),
    # Several things with files
    "dd dcfldd": Program(handler=dd),
    "sed gsed": Program(handler=sed),
    "awk gawk mawk nawk": Program(handler=awk),
    "tar bsdtar gtar": Program(handler=tar),
    "zip 7z 7za 7zr rar ar": Program(handler=pack),
    "unzip unrar bsdunzip": Program(handler=unpack),
    "gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 compress uncompress pigz lzma": Program(
        handler=compress
    ),
    "cpio pax": Program(handler=cpio),
    "patch apply_patch": Program(handler=patch),
    "git": Program(handler=git),
    "sqlite3 duckdb": Program(handler=database),
    "mount umount": Program(handler=mount),
    "gpg age": Program(
        each="copy",
        values={"-o": "write", "--output": "write", "-r": None, "--recipient": None, "-i": None},
    ),
    "openssl": Program(
        values={"-in": "copy", "-out": "write", "-inkey": "read", "-k": None, "-pass": None}
    ),
    # Sends away
    "scp": Program(handler=scp),
    "rsync": Program(handler=rsync),
    "curl": Program(handler=curl),
    "wget": Program(handler=wget),
    "nc ncat netcat socat telnet ftp sftp tftp lftp": Program(handler=network),
    "aws gsutil gcloud rclone az mc s3cmd s5cmd b2 hf huggingface-cli gh azcopy": Program(
        handler=store
    ),
    "mail mailx mutt sendmail s-nail swaks msmtp": Program(handler=mail),
    # Stops and starts
    "systemctl service rc-service initctl invoke-rc.d supervisorctl update-rc.d chkconfig"
    " launchctl pm2 shutdown poweroff reboot halt": Program(handler=units),
    "kill": Program(handler=kill),
    "pkill killall killall5 skill": Program(handler=kill_by_name),
    "crontab": Program(handler=crontab),
    "docker podman nerdctl docker-compose kubectl crictl lxc": Program(handler=containers),
    "usermod userdel useradd adduser deluser passwd chage gpasswd groupdel groupadd groupmod chsh"
    " chpasswd newusers vipw vigr visudo": Program(handler=accounts),
    # Runs others
    "sudo doas": Program(
        handler=wrapper("-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "-r", "--user")
    ),
    "env": Program(handler=wrapper("-u", "-C", "-S", "--unset", "--chdir", "--split-string")),
    "nice ionice chrt": Program(
        handler=wrapper("-n", "-c", "-p", "-P", "-u", "--adjustment", "--class")
    ),
    "nohup setsid time unbuffer dumb-init tini busybox toybox coproc": Program(
        handler=wrapper("-o", "-f")
    ),
    "stdbuf": Program(handler=wrapper("-i", "-o", "-e")),
    "timeout": Program(handler=wrapper("-k", "-s", "--kill-after", "--signal", skip=1)),
    "taskset flock chroot": Program(handler=wrapper("-c", "-w", "-E", skip=1)),
    "strace ltrace": Program(handler=wrapper("-e", "-o", "-p", "-s", "-u", "-E")),
    "unshare nsenter setpriv systemd-run firejail": Program(
        handler=wrapper("-u", "-p", "-t", "-S", "--unit", "--uid")
    ),
    "xargs parallel": Program(handler=xargs),
    "find gfind": Program(handler=find),
    "ssh dbclient autossh mosh": Program(handler=ssh),
    "su runuser": Program(handler=su),
    "watch script entr": Program(handler=text_runner),
    "at batch": Program(handler=later),
    "perl ruby node nodejs php lua Rscript R julia deno bun tclsh osascript pwsh": Program(
        handler=interpreter
    ),
    "make cmake ninja npm npx yarn pnpm pytest tox nox pip pip3 pipx uv uvx poetry conda apt"
    " apt-get dpkg yum dnf apk brew cargo go gcc g++ cc rustc java javac mvn gradle ansible"
    " ansible-playbook terraform helm psql mysql mysqldump pg_dump mongo mongosh redis-cli"
    " tmux screen jupyter ollama vllm claude codex gemini": Program(handler=_own_code),
}
PROGRAMS: dict[str, Program] = {
    name: program for names, program in _NAMES.items() for name in names.split()
}
_PYTHON = re.compile(r"python[\d.]*|pypy[\d.]*|ipython[\d.]*")


def is_python(name: str) -> bool:
    """Return whether a program is Python."""
    return _PYTHON.fullmatch(name) is not None


def does(started: Started) -> Iterator[Foreseen]:
    """Yield what a program would do with its words; one that is not known is opaque."""
    program = PROGRAMS.get(started.name)
    if program is None:
        yield Opaque("a program that is not known", shown(started.text))
    elif not set(started.words) & {"--help", "--version"} or program.handler is not None:
        yield from program.does(started)

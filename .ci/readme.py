#!/usr/bin/env python3
"""Makes README.md show what the program really prints.

    readme.py            run every line that begins with `$ ` in a ```console block and write its output below it
    readme.py --check    change nothing; exit code 1 where the README shows something else

The program is target/release/xiangtu, or what XIANGTU names. The graph of data/samples is built anew in a temporary folder.
A line that builds prints no folder of this machine, because it runs with the relative name that it shows.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"


def output(command: str, folder: Path, program: Path) -> list[str]:
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "LANG": "zh_CN.UTF-8", "COLUMNS": "200"}
    for name in ("XIANGTU_STORE", "LC_ALL"):
        environment.pop(name, None)
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    if done.stderr:
        sys.exit(f"{command}: {done.stderr}")
    return [line.rstrip() for line in done.stdout.splitlines()]


def main() -> int:
    program = Path(os.environ.get("XIANGTU", ROOT / "target/release/xiangtu")).resolve()
    lines, inside = [], False
    old = README.read_text("utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").symlink_to(ROOT / "data")
        for line in old.splitlines():
            if line.startswith("```"):
                inside = line == "```console"
            elif inside and not line.startswith("$ "):
                continue
            lines.append(line)
            if inside and line.startswith("$ "):
                lines += output(line.removeprefix("$ "), folder, program)
    new = "\n".join(lines) + "\n"
    if "--check" in sys.argv[1:]:
        if new != old:
            print("README.md shows something else than the program prints: run .ci/readme.py", file=sys.stderr)
        return int(new != old)
    README.write_text(new, "utf-8")
    return 0


sys.exit(main())

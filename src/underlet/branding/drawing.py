"""A vector drawing as picture, made by Typst in a child process that is limited in memory, CPU time and files.

The drawing was stripped before (`logo.py`); what is left could still be costly to draw or make the compiler panic,
and then only the child ends (documents.md §12, trust.md S1). It also proves that documents can print the drawing.
"""

import os
import resource
import subprocess
import sys
import tempfile

from underlet.kernel.errors import FileRejected

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10
SECONDS = 30
PIXELS = 480
"""The longer side of the picture: twice the widest logo on a page."""

_COMMAND = ("-m", __name__)
_SOURCE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let drawing = bytes(sys.inputs.drawing)
#context {
  let size = measure(image(drawing, format: "svg", width: 100pt))
  if size.height > 100pt { image(drawing, format: "svg", height: 100pt) }
  else { image(drawing, format: "svg", width: 100pt) }
}
"""


def draw(svg: bytes) -> bytes:
    """The drawing as PNG, PIXELS on its longer side. Raises FileRejected if it cannot be drawn within the limits."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", ""), "TZ": "UTC"}
    with tempfile.TemporaryDirectory(prefix="underlet-drawing-") as folder:
        try:
            done = subprocess.run(  # noqa: S603 -- our own interpreter and module
                [sys.executable, *_COMMAND],
                input=svg,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env=environment,
                cwd=folder,
            )
        except subprocess.TimeoutExpired as error:
            raise FileRejected("The SVG takes too long to draw.", hint="Simplify it and save again.") from error
    if done.returncode != 0 or not done.stdout.startswith(b"\x89PNG"):
        raise FileRejected("The SVG cannot be printed.", hint="Give it a width, a height or a viewBox.")
    return done.stdout


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The child: a drawing in, a picture out; any failure ends it."""
    svg = sys.stdin.buffer.read().decode("utf-8")
    import typst

    _limit()  # after loading, so that it counts what the drawing takes
    picture = typst.compile(
        _SOURCE, ignore_system_fonts=True, format="png", ppi=72 * PIXELS / 100, sys_inputs={"drawing": svg}
    )
    if not isinstance(picture, bytes):
        raise TypeError("Typst answered no single picture")
    sys.stdout.buffer.write(picture)


if __name__ == "__main__":
    main()

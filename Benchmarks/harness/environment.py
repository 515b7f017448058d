"""The virtual environment that the other engines live in, and the folders in the user's cache."""
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ["numpy", "safetensors", "tokenizers", "transformers", "onnx", "sympy", "onnxruntime",
            "openvino", "nncf", "torch"]


def cache(*parts):
    """A folder in the user's cache, made where it isn't there."""
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = base.joinpath("weft", "benchmarks", *parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def enter(script, packages=PACKAGES):
    """Runs `script` again inside a virtual environment with `packages`, made on the first call.

    WEFT_BENCHMARK_PYTHON names a Python that has them already.
    """
    if os.environ.get("WEFT_BENCHMARK_ENVIRONMENT"):
        return
    python = os.environ.get("WEFT_BENCHMARK_PYTHON") or install(packages)
    environment = dict(os.environ, WEFT_BENCHMARK_ENVIRONMENT="1")
    os.execve(str(python), [str(python), str(script), *sys.argv[1:]], environment)


def install(packages=PACKAGES):
    """The Python of the virtual environment for `packages` as they are listed now."""
    home = cache() / ("python-" + hashlib.sha256(" ".join(packages).encode()).hexdigest()[:8])
    python = home / "bin" / "python3"
    if not (home / "complete").exists():
        print(f"installing {', '.join(packages)} from PyPI into {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (home / "complete").touch()
    return python


def versions():
    """The versions of the packages that are installed."""
    from importlib import metadata
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            pass
    return found

"""What goes wrong around a process: full disks, files that change, little memory, signals, jumping clocks."""
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

from weft import DIMS, GLOSSARY, GPT2, ROOT, Folder, limits, names, run, start

sys.path.insert(0, str(ROOT / "Tests/ServingClient"))

# Every kind of output: a name, and what writes it there.
OUTPUTS = [
    ("out.safetensors", lambda path: ["run", *GPT2, *DIMS, "--outputs", path]),
    ("taps.safetensors", lambda path: ["run", *GPT2, *DIMS, "--tap", "transformer.h.0", "--taps", path]),
    ("taps.npz", lambda path: ["run", *GPT2, *DIMS, "--tap", "transformer.h.0", "--taps", path]),
    ("tap.npy", lambda path: ["run", *GPT2, *DIMS, "--tap", "transformer.h.0", "--taps", path]),
    ("taps", lambda path: ["run", *GPT2, *DIMS, "--tap", "transformer.h.0", "--taps", f"{path}/"]),
    ("picture.svg", lambda path: ["render", "Graphs/gpt2.weft", "-o", path]),
    ("picture.dot", lambda path: ["render", "Graphs/gpt2.weft", "-o", path]),
    ("picture.mmd", lambda path: ["render", "Graphs/gpt2.weft", "-o", path]),
    ("profile.html", lambda path: ["profile", *GPT2, *DIMS, "--runs", "1", "--output", path]),
    ("profile.json", lambda path: ["profile", *GPT2, *DIMS, "--runs", "1", "--output", path]),
    ("memory.svg", lambda path: ["memory", *GPT2, *DIMS, "-o", path]),
    ("quantized", lambda path: ["quantize", *GLOSSARY, "-o", path]),
    ("imported", lambda path: ["import", "Docs/Examples/glossary", "-o", path]),
]
FOLDERS = ("taps", "quantized", "imported")


def digest(path):
    """The bytes of a file or a folder."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return hashlib.sha256(b"".join(str(f).encode() + f.read_bytes() for f in files)).hexdigest()


class Writing(unittest.TestCase):
    def test_outputs_can_be_written(self):
        for name, command in OUTPUTS:
            with self.subTest(name), Folder() as folder:
                status, _, error = run(*command(folder / name))
                self.assertEqual((status, name in names(folder)), (0, True), error)

    def test_a_full_disk_leaves_nothing_behind(self):
        for name, command in OUTPUTS:
            with self.subTest(name), Folder() as folder:
                status, _, error = run(*command(folder / name), before=limits(file_bytes=600))
                self.assertEqual(status, 1, error)
                self.assertIn("cannot be written", error)
                self.assertEqual(names(folder), [])

    def test_a_full_disk_leaves_an_old_file_as_it_was(self):
        for name, command in OUTPUTS:
            if name in FOLDERS:
                continue
            with self.subTest(name), Folder() as folder:
                (folder / name).write_bytes(b"old")
                status, _, error = run(*command(folder / name), before=limits(file_bytes=600))
                self.assertEqual((status, names(folder), (folder / name).read_bytes()), (1, [name], b"old"), error)

    def test_a_folder_that_nobody_may_write_to(self):
        for name, command in OUTPUTS:
            with self.subTest(name), Folder() as folder:
                # To the superuser only the system's own folders are closed.
                closed = Path("/proc/self") if os.geteuid() == 0 else folder
                if closed == folder:
                    folder.chmod(0o555)
                status, _, error = run(*command(closed / name))
                self.assertEqual(status, 1, error)
                self.assertIn(name.split(".")[0], error)
                self.assertIn("error", error)

    def test_a_small_disk_by_a_file_system(self):
        """A file system of its own, where this process may make one."""
        with Folder() as folder:
            script = ('mount -t tmpfs -o size=64k tmpfs "$1" && "$2" quantize Graphs/llama.weft --weights '
                      'Docs/Examples/glossary -o "$1/q"; s=$?; ls -A "$1"; exit $s')
            from weft import WEFT
            made = subprocess.run(
                ["unshare", "-m", "sh", "-c", script, "sh", str(folder), WEFT], cwd=ROOT, capture_output=True, text=True)
            if "mount" in made.stderr or "unshare" in made.stderr:
                self.skipTest("this process may not mount file systems")
            self.assertEqual((made.returncode, made.stdout), (1, ""), made.stderr)
            self.assertIn("No space left", made.stderr)

    def test_two_that_write_one_file(self):
        with Folder() as folder:
            target = folder / "out.safetensors"
            command = ["run", *GPT2, *DIMS, "--outputs", target]
            for _ in range(5):
                both = [start(*command) for _ in range(2)]
                self.assertEqual([p.wait(60) for p in both], [0, 0])
                for process in both:
                    process.stdout.close()
                    process.stderr.close()
                self.assertEqual(names(folder), ["out.safetensors"])
                self.assertEqual(run("run", *GPT2, *DIMS, "--outputs", folder / "again.safetensors")[0], 0)
                self.assertEqual((folder / "again.safetensors").read_bytes(), target.read_bytes())
                (folder / "again.safetensors").unlink()


class Reading(unittest.TestCase):
    def test_a_file_that_is_cut_off_while_it_is_mapped(self):
        with Folder() as folder:
            for file in (ROOT / "Docs/Examples/glossary").iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            weights = folder / "model.safetensors"
            process = start("profile", "Graphs/llama.weft", "--weights", folder, *DIMS, "--runs", "100000")
            maps = Path(f"/proc/{process.pid}/maps")
            while process.poll() is None and str(weights) not in maps.read_text():
                time.sleep(0.01)
            time.sleep(0.5)
            os.truncate(weights, 4096)
            _, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 1, error)
            self.assertIn(b"model.safetensors: cannot be read", error)

    def test_a_file_that_is_replaced_while_it_is_mapped_goes_on(self):
        with Folder() as folder:
            for file in (ROOT / "Docs/Examples/glossary").iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            process = start("profile", "Graphs/llama.weft", "--weights", folder, *DIMS, "--runs", "200")
            time.sleep(0.1)
            (folder / "new").write_bytes(b"")
            os.replace(folder / "new", folder / "model.safetensors")
            output, error = process.communicate(timeout=60)
            self.assertIn(process.returncode, (0, 1), error)
            self.assertNotIn(b"Fatal", error)


class Memory(unittest.TestCase):
    # What a process takes before it has done anything is some gigabytes of addresses.
    def test_a_run_that_doesnt_fit_says_so(self):
        for bytes_, dims in ((3 << 30, "batch=512,tokens=1024"), (2 << 30, "batch=4096,tokens=1024")):
            status, _, error = run(
                "run", "Graphs/gpt2.weft", "--random-weights", "1", "--set", "layers=1", "--bind", dims,
                before=limits(address_bytes=bytes_))
            self.assertEqual(status, 1, error)
            self.assertRegex(error, "GiB, this process may take|out of memory|memory")
            self.assertNotIn("Fatal", error)

    def test_weights_that_dont_fit_say_so(self):
        status, _, error = run(
            "run", "Graphs/llama.weft", "--random-weights", "1", "--set", "layers=200", "--bind", "batch=1,tokens=4",
            before=limits(address_bytes=2 << 30))
        self.assertEqual(status, 1, error)
        self.assertRegex(error, "memory|GiB")
        self.assertNotIn("Fatal", error)

    def test_any_limit_ends_in_a_message_or_a_result(self):
        for mebibytes in (300, 400, 500, 700, 1000, 1500):
            status, _, error = run("run", *GPT2, *DIMS, before=limits(address_bytes=mebibytes << 20))
            with self.subTest(mebibytes):
                self.assertIn(status, (0, 1, 127), error[-400:])


class Ending(unittest.TestCase):
    """A process that is ended at any moment leaves what was there, or all of what is new."""

    COMMANDS = [
        ("q", lambda folder: ["quantize", *GLOSSARY, "-o", folder / "q", "--force"]),
        ("out.safetensors", lambda folder: ["run", *GPT2, *DIMS, "--outputs", folder / "out.safetensors"]),
        ("profile.html", lambda folder: ["profile", *GPT2, *DIMS, "--runs", "20", "--output", folder / "profile.html"]),
        ("picture.svg", lambda folder: ["render", "Graphs/bert.weft", "-o", folder / "picture.svg"]),
        ("chat.json", lambda folder: ["generate", *GLOSSARY, "--prompt", "A plan", "--max-tokens", "40"]),
    ]

    def moments(self, how, count):
        """Sends `how` at random moments; gives each status, error and what was left beside the output."""
        draw = random.Random(6)
        for i in range(count):
            name, command = self.COMMANDS[i % len(self.COMMANDS)]
            with Folder() as folder:
                began = time.monotonic()
                self.assertEqual(run(*command(folder))[0], 0)
                whole = time.monotonic() - began
                before = digest(folder / name) if (folder / name).exists() else None
                process = start(*command(folder))
                time.sleep(draw.uniform(0, whole))
                process.send_signal(how)
                _, error = process.communicate(timeout=60)
                yield name, process.returncode, error.decode(errors="replace"), folder, before

    def test_fifty_interrupts(self):
        for name, status, error, folder, before in self.moments(signal.SIGINT, 50):
            with self.subTest(name=name, status=status):
                self.assertIn(status, (0, 1, 130, -signal.SIGINT), error)
                self.assertNotIn("Fatal", error)
                if name == "profile.html":
                    self.assertIn(b"</html>", (folder / name).read_bytes()[-200:])
                elif before is not None:
                    self.assertEqual(digest(folder / name), before)
                if status in (0, 1, 130):
                    self.assertEqual([n for n in names(folder) if n.startswith(".")], [])

    def test_fifty_kills(self):
        for name, status, error, folder, before in self.moments(signal.SIGKILL, 50):
            with self.subTest(name=name, status=status):
                self.assertIn(status, (0, -signal.SIGKILL), error)
                if name == "profile.html":
                    self.assertIn(b"</html>", (folder / name).read_bytes()[-200:])
                elif before is not None and (folder / name).exists():
                    self.assertEqual(digest(folder / name), before)
                # What was left behind is hidden, and in nobody's way.
                self.assertEqual(run(*dict(self.COMMANDS)[name](folder))[0], 0)


class Threads(unittest.TestCase):
    def test_starved_threads_give_the_same_bytes(self):
        with Folder() as folder:
            command = lambda name: ["run", *GPT2, "--bind", "batch=3,tokens=16", "--outputs", folder / name]
            self.assertEqual(run(*command("a.safetensors"), "--threads", "1")[0], 0)
            busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
            try:
                for i, threads in enumerate((2, 4, 8)):
                    status, _, error = run(
                        *command(f"b{i}.safetensors"), "--threads", threads, prefix=["nice", "-n", "19", "taskset", "-c", "0"])
                    self.assertEqual(status, 0, error)
                    self.assertEqual(
                        (folder / f"b{i}.safetensors").read_bytes(), (folder / "a.safetensors").read_bytes())
            finally:
                for process in busy:
                    process.kill()
                    process.wait()


class Clocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        path = cls.folder.__enter__()
        cls.library = path / "jumps.so"
        made = subprocess.run(
            ["clang", "-shared", "-fPIC", "-O1", "-o", cls.library, Path(__file__).parent / "jumps.c", "-ldl"])
        if made.returncode != 0:
            raise unittest.SkipTest("there is no C compiler")
        cls.env = {"LD_PRELOAD": str(cls.library)}

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__()

    def test_jumps_change_no_result(self):
        command = ["generate", *GLOSSARY, "--prompt", "A plan is", "--max-tokens", "24", "--temperature", "0"]
        plain, jumping = run(*command), run(*command, env=self.env)
        self.assertEqual(plain[:2], jumping[:2], jumping[2])

    def test_jumps_change_no_time(self):
        status, output, error = run("profile", *GPT2, *DIMS, "--runs", "20", env=self.env)
        self.assertEqual(status, 0, error)
        self.assertNotIn("-", [word[0] for word in output.split() if word[-2:] in ("ms", "µs")])

    def test_jumps_end_no_request(self):
        from server import Server
        from client import post
        with Server("--time-limit", "30", env=self.env) as server:
            for i in range(10):
                body = {"prompt": "A plan", "max_tokens": 30, "seed": i}
                status, answer = post(server, "/v1/completions", body)[:2]
                self.assertEqual(status, 200, answer)


if __name__ == "__main__":
    unittest.main()

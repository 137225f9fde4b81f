#!/usr/bin/python3
"""Runs cases on the control plane; under with-control-plane.

    run.py FILE... [--only WORDS]

--only runs the cases whose name contains the words. A case that fails does not keep the others from running.
"""

import argparse
import importlib.util
import pathlib
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "beds" / "controlplane"))
from bed import Bed  # noqa: E402


def cases_of(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [function for name, function in vars(module).items() if name.startswith("case_")]


def succeeds(case, bed):
    started = time.monotonic()
    try:
        bed.renew()
        case(bed)
    except (AssertionError, subprocess.TimeoutExpired) as wrong:
        print(f"FAILED: {case.__name__}: {wrong}", flush=True)
        return False
    except Exception:  # a mistake in the case: where it is counts
        print(f"FAILED: {case.__name__}", flush=True)
        traceback.print_exc()
        return False
    print(f"ok: {case.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    chosen = [case for path in options.files for case in cases_of(path) if options.only in case.__name__]
    bed = Bed()
    try:
        failed = [case for case in chosen if not succeeds(case, bed)]
    finally:
        bed.close()
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())

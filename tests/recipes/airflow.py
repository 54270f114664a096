"""The README's DAG for Airflow, run by Airflow: `python -m tests.recipes.airflow`.

Airflow is installed into an environment of its own, which takes some minutes the first time.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from importer.emulator import running
from tests.recipes.environments import python_with
from tests.recipes.place import at, block, furnish

ROWS = 5_000


def main() -> int:
    python = python_with("airflow", "apache-airflow>=3,<4")
    with tempfile.TemporaryDirectory() as folder, running() as emulator:
        place = furnish(Path(folder) / "place", emulator.url)
        home = Path(folder) / "airflow"
        (home / "dags").mkdir(parents=True)
        dag = home / "dags" / "import_customers.py"
        dag.write_text(at(place, block("python", "BashOperator(")), "utf-8")
        environment = {
            "PATH": f"{Path(python).parent}:/usr/bin:/bin",
            "HOME": folder,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(dag.parent),
        }
        airflow = [python, "-m", "airflow"]
        for arguments in (
            ["db", "migrate"],
            ["dags", "test", "import_customers", "2026-01-02", "--dagfile-path", str(dag)],
        ):
            print("+ airflow", *arguments, flush=True)
            done = subprocess.run(
                [*airflow, *arguments],
                env=environment, cwd=folder, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if done.returncode:
                print(done.stdout)
                return done.returncode
        runs = list((place / "importer-runs").glob("*/report.json"))
        updates = emulator.stats()["updates"]
        print(f"{updates:,} updates in {len(runs)} run of the DAG's task")
        if (updates, len(runs)) != (ROWS, 1):
            print(done.stdout)
            return 1
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())

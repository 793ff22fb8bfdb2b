"""How long each test file may take: what keeps `make test` under twelve minutes on two plain cores (AVX2, no AVX512).

Seconds of one such core, fixtures included. A file that is not named has EACH; the engines' tests are not counted here
(.ci/run has their seconds). A run ends with a list of the files that took longer; it fails for none of them, since a
machine may be slow or busy. Whoever makes a file slower than this finds less work for it, or takes the seconds from
another file.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ALL = 2 * 12 * 60
EACH = 4
MORE = {
    "test_demo.py": 114,
    "test_commands.py": 114,
    "test_ecoli.py": 105,
    "test_pipeline.py": 65,
    "test_head_report.py": 45,
    "test_workers.py": 55,
    "test_resume.py": 55,
    "test_train.py": 40,
    "test_builtin_models.py": 35,
    "test_published.py": 20,
    "test_startup.py": 36,
    "test_standard_input.py": 55,
    "test_training_files.py": 8,
    "test_init_labels.py": 8,
    "test_model.py": 8,
    "test_fixed_run.py": 18,
    "test_help.py": 25,
    "test_inference.py": 25,
    "test_variants.py": 20,
    "test_predict_annot.py": 15,
    "test_fasta2tensor.py": 12,
    "test_repeats.py": 10,
    "test_band.py": 12,
    "test_plant.py": 10,
    "test_accuracy.py": 10,
    "test_attend.py": 9,
    "test_pwm_compare.py": 9,
    "test_label_checks.py": 10,
    "test_audit.py": 10,
    "test_gene_table.py": 5,
    "test_gene_finding.py": 10,
    "test_applicability.py": 8,
    "test_start_share.py": 5,
    "test_budget.py": 1,
    "test_contigs.py": 2,
    "test_names.py": 2,
    "test_reliability.py": 1,
    "test_metrics.py": 2,
    "test_strands.py": 2,
    "test_curves.py": 2,
    "test_motif_search.py": 9,
    "test_motif_workers.py": 10,
    "test_in_process.py": 9,
    "test_documentation.py": 8,
    "test_compare.py": 8,
    "test_tuned_model.py": 8,
}


def find_seconds(file: str) -> int:
    """Seconds that a test file has, by its name."""
    return MORE.get(file, EACH)


def list_overdrawn(spent: Iterable[tuple[str, float]]) -> list[str]:
    """A line for each file that took longer than it may, from (file's path, seconds) of each of its tests and fixtures,
    the worst first."""
    total: Counter[str] = Counter()
    for path, seconds in spent:
        total[path] += seconds
    tests = [(Path(path).name, seconds) for path, seconds in total.most_common() if Path(path).parent.name == "tests"]
    over = [(name, seconds) for name, seconds in tests if seconds > find_seconds(name)]
    return [f"{name}: {seconds:.0f} s, {find_seconds(name)} in its budget" for name, seconds in over]

"""Name, version, dependencies and console scripts of headmotif; tool settings are in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "tools/headmotif/__init__.py").read_text(encoding="utf-8")).group(
    1
)

COMMANDS = [
    "fasta2tensor",
    "train-annot",
    "dump-attention",
    "attn2bed",
    "bed2pwm",
    "pwm-compare",
    "predict-annot",
    "audit-annot",
    "score-annot",
    "score-variants",
    "annot-compare",
    "score-heads",
    "head-report",
]

setup(
    name="headmotif",
    version=VERSION,
    description="Train a per-nucleotide annotator on a bacterial genome and read motifs from its attention heads",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    package_dir={"": "tools"},
    packages=find_packages("tools"),
    package_data={
        "headmotif": [
            "builtin/*.meme",
            "builtin/*.md",
            "builtin/*.tsv",
            "builtin/*.safetensors",
            "builtin/*.gbk.gz",
            "report/pages/*.html",
            "report/pages/*.css",
            "report/pages/*.js",
        ]
    },
    install_requires=[
        "torch>=2.4",  # the networks
        "numpy>=2.0",  # arrays everywhere else
        "pyfaidx>=0.9",  # FASTA
        "typer>=0.15.4",  # console commands
        "safetensors>=0.5",  # the container of our binary files: no pickle, mapped rather than read
        "biopython>=1.84",  # GenBank
        "logomaker>=0.8.7",  # logos; brings pandas and matplotlib
        "openpyxl>=3.1",  # spreadsheets of Excel, as journals take supplements; pure Python
        "jinja2>=3.1",  # the page of head-report: what comes from files is escaped by default, not by care
    ],
    extras_require={
        "genes": ["pyrodigal>=3.5"],  # Prodigal's genes for predict-annot --find-genes; the GPL keeps it optional
        "test": [
            "pytest",
            "pytest-timeout",
            "pytest-xdist",  # a worker per core halves the wait
            "coverage>=7.10",  # make coverage; since 7.10 it follows workers and processes without pytest-cov
            "hypothesis",
            "sentencex",  # where a sentence ends, for the test of their length
            "scikit-learn",
            "memelite",
            "pyrodigal>=3.5",  # as the extra genes
            "gffutils",  # another reader of our GFF3
            "pysam",  # tabix, which our BED and GFF3 are to be indexed by
            # Another reader of our bigWigs; it has wheels for this platform alone.
            "pyBigWig>=0.3.22; sys_platform == 'linux' and platform_machine == 'x86_64'",
            "ruff",
            "mypy",  # reads the types, so that a None or a wrong array is found before a user finds it
        ],
    },
    entry_points={
        "console_scripts": ["headmotif = headmotif.commands.headmotif:main"]
        + [f"{name} = headmotif.commands.{name.replace('-', '_')}:main" for name in COMMANDS]
    },
)

"""Types of features: terms of the Sequence Ontology (http://www.sequenceontology.org), of INSDC's feature table
(https://www.insdc.org/submitting-standards/feature-table), and spellings of GTF."""

import re

SITES = ("TSS", "transcription_start_site")
"""What is read as a site by default; `is_site` knows other spellings too."""
GENES = (
    "gene", "protein_coding_gene", "ncRNA_gene", "tRNA_gene", "rRNA_gene", "tmRNA_gene", "sRNA_gene", "SRP_RNA_gene",
    "RNase_P_RNA_gene", "antisense_RNA_gene",
)  # fmt: skip
"""Genes of any kind."""
RNAS = (
    "tRNA", "rRNA", "tmRNA", "ncRNA", "misc_RNA", "sRNA", "small_regulatory_ncRNA", "antisense_RNA", "RNase_P_RNA",
    "SRP_RNA", "ribozyme", "hammerhead_ribozyme", "guide_RNA", "scRNA", "snRNA",
    "snoRNA", "lncRNA", "lnc_RNA", "telomerase_RNA", "RNase_MRP_RNA", "rRNA_5S", "rRNA_16S", "rRNA_23S",
    "small_subunit_rRNA", "large_subunit_rRNA",
)  # fmt: skip
"""RNA that no protein is made from."""
CODING = ("CDS", *RNAS)
"""What a gene is made for."""
GENIC = (*GENES, *CODING, "mRNA", "transcript", "exon", "start_codon")
"""Genes and their parts, of which pseudogenes have some too."""
DISCONTINUOUS = (
    "CDS", "exon", "five_prime_UTR", "three_prime_UTR", "UTR", "5UTR", "3UTR", "five_prime_utr", "three_prime_utr",
    "start_codon", "stop_codon", "mature_protein_region_of_CDS", "mature_protein_region", "mat_peptide", "match",
    "match_part", "cDNA_match", "EST_match", "nucleotide_match", "protein_match", "translated_nucleotide_match",
)  # fmt: skip
"""What may have several rows of one ID: other features are whole."""


def is_site(kind: str) -> bool:
    """Test whether a type of feature is read as a site by default.

    Parameters
    ----------
    kind
        The type as written. Case does not matter, nor does - or a space instead of _.

    Returns
    -------
    bool
        Whether it is one of `SITES`, or the `+1` of RegulonDB and BioCyc.
    """
    return re.sub(r"[- ]", "_", kind.lower()) in {"+1", *(one.lower() for one in SITES)}

"""Two worked examples of each command: what the line does, and the line. A test runs them all."""

EXAMPLES = {
    "fasta2tensor": (
        (
            "Turn a genome and its transcription start sites into a genome tensor",
            "fasta2tensor genome.fa --sites tss.bed -o genome.safetensors",
        ),
        (
            "Take translation starts as the sites of a circular genome, and mask some regions",
            "fasta2tensor genome.fa --sites genes.gff3 --feature CDS --circular all --mask mask.bed -o "
            "starts.safetensors",
        ),
    ),
    "train-annot": (
        (
            "Train a model, and write its metrics and its history",
            "train-annot genome.safetensors -o model.safetensors --metrics metrics.json --history history.tsv",
        ),
        ("Print how long the training would take", "train-annot genome.safetensors --dry-run"),
    ),
    "dump-attention": (
        (
            "Read the heads at the sites of the genome tensor",
            "dump-attention model.safetensors genome.safetensors -o attention.safetensors",
        ),
        (
            "Read the heads at the model's own calls, in a genome without known sites",
            "dump-attention model.safetensors genome.fa --called -o attention.safetensors",
        ),
    ),
    "attn2bed": (
        (
            "Write the regions of all heads, also as GFF3 for a genome browser",
            "attn2bed attention.safetensors -o regions.bed --gff3 regions.gff3",
        ),
        (
            "Allow fewer false regions, and write a file for each head into the folder heads",
            "attn2bed attention.safetensors --max-q 0.05 --per-head heads -o regions.bed",
        ),
    ),
    "bed2pwm": (
        (
            "Find the motif of each head, and write a table of all heads",
            "bed2pwm regions.bed genome.fa -o motifs.meme --table motifs.tsv",
        ),
        (
            "Read longer flanks, write JASPAR's format, and write where the motifs occur",
            "bed2pwm regions.bed genome.fa --flank 8 --format jaspar -o motifs.jaspar --sites-out motifs.bed",
        ),
    ),
    "pwm-compare": (
        ("Compare motifs with the built-in collection", "pwm-compare motifs.meme -o matches.tsv"),
        ("Find the known motif that is most similar to a consensus", "pwm-compare TATAAT --best"),
    ),
    "predict-annot": (
        ("Call transcription start sites with the built-in model of E. coli", "predict-annot genome.fa -o calls.bed"),
        (
            "Keep the false discovery rate at 0.1, and add the genes of each call",
            "predict-annot genome.fa --fdr 0.1 --genes genes.gff3 -o calls.bed --gff3 calls.gff3 --table calls.tsv",
        ),
    ),
    "audit-annot": (
        ("Audit a list of transcription start sites", "audit-annot genome.fa tss.bed -o audit.tsv"),
        (
            "Add the genes around each site, and write figures of the list as a whole",
            "audit-annot genome.fa tss.bed --genes genes.gff3 -o audit.tsv --metrics audit.json",
        ),
    ),
    "score-variants": (
        ("Score the variants with the built-in model", "score-variants genome.fa variants.vcf -o effects.tsv"),
        (
            "Score them with a model of your own",
            "score-variants genome.fa variants.vcf --model model.safetensors -o effects.tsv",
        ),
    ),
    "annot-compare": (
        (
            "Compare two sets of sites",
            "annot-compare cappable=tss.bed smrt=other.bed --genome genome.fa -o agreement.tsv",
        ),
        (
            "Check the coordinates of one set",
            "annot-compare tss.bed --genome genome.fa --checks checks.tsv",
        ),
    ),
    "score-annot": (
        ("Score calls", "score-annot calls.bed --truth tss.bed --genome genome.fa -o scores.tsv"),
        (
            "Score P of every nucleotide, and write its precision-recall curve",
            "score-annot P=plus.bedgraph,minus.bedgraph --truth tss.bed --genome genome.fa --missing-value 0 -o "
            "scores.tsv --curve curve.tsv",
        ),
    ),
    "score-heads": (
        (
            "Score every head at the sites of the genome tensor",
            "score-heads model.safetensors genome.safetensors -o heads.tsv",
        ),
        (
            "Write the profiles and pairs for the report too",
            "score-heads model.safetensors genome.safetensors -o heads.tsv --profiles profiles.tsv --pairs pairs.tsv",
        ),
    ),
    "head-report": (
        (
            "Draw the heads, their motifs and the matches with known motifs",
            "head-report heads.tsv matches.tsv --motifs motifs.meme -o report.html",
        ),
        (
            "Draw only the motifs and their matches",
            "head-report matches.tsv --motifs motifs.meme -o motifs.html",
        ),
    ),
    "inspect": (
        ("Describe a file", "headmotif inspect genome.safetensors"),
        ("Describe a built-in model, with its training and its metrics", "headmotif inspect ecoli-tss"),
    ),
    "simulate": (
        (
            "Write a genome, its sites with the errors of an experiment, the planted elements and the genes",
            "headmotif simulate -o genome.fa --sites-out tss.bed --elements-out elements.bed --genes-out genes.gff3",
        ),
        (
            "Write a small genome with sites at random positions, as a negative control",
            "headmotif simulate --length 100000 --promoters 200 --shuffle-sites -o small.fa --sites-out random.bed",
        ),
    ),
    "demo": (
        ("Run the whole chain in the folder demo", "headmotif demo"),
        (
            "Run it on sites at random positions, where nothing should be found",
            "headmotif demo control --shuffle-sites --seed 2",
        ),
    ),
}
"""By the name of the command. The files that a line reads are those that the lines before it write."""

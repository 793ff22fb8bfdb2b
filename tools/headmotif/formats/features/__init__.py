"""Sites, regions and variants on a genome: BED, GFF3, GenBank features, tables of sites, VCF."""

"""Sites, regions and variants on a genome: BED, GFF3, GenBank's features, tables of sites, VCF."""

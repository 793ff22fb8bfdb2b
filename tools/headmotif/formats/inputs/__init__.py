"""What a user gives, of any format that can hold it, recognised by content: a genome, genes, sites, motifs."""

"""What several families draw from: the company, its people, papers and files."""

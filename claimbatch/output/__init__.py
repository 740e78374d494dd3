"""What a claim is turned into for people: CSV, reports, sample lists."""

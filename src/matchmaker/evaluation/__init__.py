"""The pipeline on judged challenges: what is measured is what runs."""

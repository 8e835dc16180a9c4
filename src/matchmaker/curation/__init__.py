"""The catalogue kept right: imports as jobs, links of works to groups, and what stewards and researchers decide."""

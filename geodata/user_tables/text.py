"""stub"""
import re
import pandas as pd
_BAD=re.compile("[\u200b-\u200f\u00ad\u2060\ufeff\u202a-\u202e\x00-\x08\x0b-\x1f]")
def clean_cells(s):
    bad=s.str.contains(_BAD)
    return (s.str.replace(_BAD,"",regex=True).str.strip() if bad.any() else s), bad

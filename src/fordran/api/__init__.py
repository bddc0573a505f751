"""HTTP in the API's own words: parse and authorise, call one operation, render its verdict."""

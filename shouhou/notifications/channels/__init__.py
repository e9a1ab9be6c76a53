"""Ways out of the house other than mail and the site; one folder for each kind."""

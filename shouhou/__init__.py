"""shouhou (售后): the open after-sales service platform."""

__version__ = "0.1.0"

"""Code that goes into the template itself: what runs it is made with the site, and for that site only."""

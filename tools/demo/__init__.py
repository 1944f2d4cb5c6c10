"""The whole way of a site, on this machine: installed, deployed, visited, broken, repaired, updated, deleted."""

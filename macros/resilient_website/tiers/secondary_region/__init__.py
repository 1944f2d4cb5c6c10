"""A copy of the website in another Region: what each half has because of the other.

The same template is deployed in both Regions under the same stack name. The primary half makes what the copy needs in
the copy's Region, and publishes there what the copy refers to; the copy reads it in its own Region. So the first can be
deployed alone, and the second can be updated while the first Region is down.
"""

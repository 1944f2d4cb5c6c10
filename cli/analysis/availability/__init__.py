"""What a site's visitors get when something fails, worked out from the CloudFormation template alone.

`model.py` is the way in. It follows the template's references as a request would, hop by hop; what it does not know it
calls unknown, with the place.
"""

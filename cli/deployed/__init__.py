"""A site that is deployed: its stack, its resources, its address, and the clients that read and change them."""

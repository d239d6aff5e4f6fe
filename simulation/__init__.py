"""A small AWS on the laptop: it loads the synthesized stack and runs the same function code under the same policies.

Its services are moto's; what moto lacks is here: AWS Config's evaluation (with the real Guard engine), the delivery of
events to functions, the running of functions from their archives, and the check of every call against the role.
"""

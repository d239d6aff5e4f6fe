"""A local simulation of AWS: it applies the synthesized stack and runs the deployed functions under their policies.

moto simulates the services. This package adds evaluation by AWS Config (with the Guard engine), delivery of events to
functions, execution of functions from their archives, and authorization of every call.
"""

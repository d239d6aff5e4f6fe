"""The simulated account: moto's services, and the parts that moto lacks."""

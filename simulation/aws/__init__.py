"""The simulated account: moto's services, and what moto lacks of them."""

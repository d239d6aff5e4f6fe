"""The full picture of compliance as one JSON document, after every scheduled evaluation."""

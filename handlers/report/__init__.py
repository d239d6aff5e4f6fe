"""Writes a compliance report as a JSON document after every scheduled evaluation."""

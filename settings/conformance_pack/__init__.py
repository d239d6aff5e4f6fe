"""Conformance packs: conversion of AWS's templates to managed rules in an environment's settings."""

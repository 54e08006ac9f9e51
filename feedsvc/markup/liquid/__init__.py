"""Liquid: run on Jekyll sites by python-liquid, shown as well as can be elsewhere."""

"""Measurements that are not ideal: parameters beside the state, fitted with it."""

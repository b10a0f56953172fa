"""Explore data: raw data goes in; a sealed dataset signed by domain expert and data scientist comes out."""

"""Mails: sent by Django's backend; what mail servers report about them afterwards is read here."""

"""SNMP tables made from the model, as snmprec rows."""

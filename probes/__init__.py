"""SEE: raw answers become observations, facts and assets. Imports nothing of ours."""

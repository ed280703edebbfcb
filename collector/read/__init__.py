"""What pages, exports and the review read: plain records filled by SQL, never a write."""

"""What content reported, in words for learners and for those who look after them (SCO-5)."""

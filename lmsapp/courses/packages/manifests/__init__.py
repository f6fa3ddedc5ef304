"""What a manifest says: edition, resources, outline, sequencing (SCO-1). Pure."""

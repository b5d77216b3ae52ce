"""What the issuers of test cards say of a charge some time after it: that it may be fraudulent, that it is disputed."""

"""Sources of customers: the cards and bank accounts of the API that there was before payment methods."""

"""Networks: the paper's, and causal ones with memory for fixed cameras."""

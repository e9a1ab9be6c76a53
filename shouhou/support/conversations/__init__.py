"""Consumer, agent and shop talking: on a case, an order or alone; queues, rota, canned words, calls."""

"""Pure rules of logistics: windows, areas, waybills, the way of a parcel and of a pickup."""

// Before the first paint: says that scripts run, so that what needs them is there from the start and nothing jumps.
document.documentElement.classList.add("js");

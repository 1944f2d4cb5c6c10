"""How available a site is if every AWS service keeps its service level agreement (SLA), and by which formula."""

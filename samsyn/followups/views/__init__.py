"""The pages: staff at their desks, and the professional who follows a link."""

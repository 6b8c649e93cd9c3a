"""What our lines and other people write each other: taken in, read, answered, and told to open desks."""

"""How calls sounded: what phones measure is kept, said in words, and looked at by the doctor."""

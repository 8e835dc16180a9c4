"""First names in use in northern Sweden, by which a person's name is told from that of a place or a programme.

The list has the names that are common in the statistics of first names of Statistics Sweden (SCB), all ages together,
with common Finnish, Sámi, Arabic, Persian, Somali, Tigrinya and Ukrainian ones; written down in November 2026. Names
that are as often words, firms or ships (``Saga``, ``Urban``) are left out. A name that is missing costs a warning, not
more.
"""

FIRST_NAMES = frozenset(
    """
Aaron Abbas Abdi Abdullah Abdulrahman Abraham Ada Adam Adan Adel Adrian Agda Agnes Agneta Ahmad Ahmed Aili Aina Aino
Albert Albin Aleksander Alexander Alexandra Alf Alfred Ali Alice Alicia Alida Allan Alma Alva Alvar Alvin Amal Amanda
Amelia Amina Amir Anders Andreas André Andrzej Anette Angelica Anita Ann Anna Annelie Anneli Annette Annika Ante
Anton Antti Arne Arnold Aron Artur Arvid Astrid Asta August Aurora Axel Aya Ayaan Barbro Beatrice Bengt Benjamin Benny
Berit Bernt Bertil Bianca Birger Birgit Birgitta Bo Bodil Boris Britt Britta Börje Camilla Carin Carina Carl Carolina
Caroline Casper Cecilia Charlie Charlotta Charlotte Christer Christian Christina Christine Christoffer Claes Clara
Conny Cornelia Curt Dagmar Dagny Dan Daniel Daniela David Dennis Desirée Diana Dmytro Doris Ebba Ebbe Edit Edith Edvard
Edvin Edward Edwin Einar Eino Eira Eivor Elena Eleonora Elias Elin Elina Elisabet Elisabeth Elise Eliza Ella Ellen
Ellinor Elliot Elna Elof Elsa Elsie Elsy Elvira Elvy Emelie Emil Emilia Emilie Emma Emmy Enar Engla Erica Erik Erika
Erkki Erland Erling Ernst Ester Esther Eugen Eva Evelina Evert Fabian Fadumo Fanny Farah Fatemeh Fatima Fatuma Felicia
Felix Filip Filippa Folke Frank Frans Freja Fredrik Frida Frode Fritz Gabriel Gabriella Georg Gerd Gerda Gerhard Gert
Gertrud Gisela Gittan Goran Greta Gudrun Gun Gunborg Gunilla Gunn Gunnar Gunnel Gunvor Gustaf Gustav Göran Gösta Göte
Hailemariam Halima Hamza Hanna Hannah Hannele Hannes Hans Harald Harriet Harry Hasan Hassan Hedda Hedvig Heidi Heikki
Helen Helena Helene Helga Helmer Helmi Henning Henrik Henry Henryk Herbert Herman Hilda Hilma Hjalmar Holger Hugo
Hussein Ibrahim Ida Idris Igor Ilse Inez Inga Ingalill Inge Ingeborg Ingegerd Ingela Ingemar Inger Ingmar Ingrid
Ingvar Inka Inna Irene Iris Irma Iryna Isabel Isabella Isabelle Isak Ismail Ivan Ivar Jakob Jan Janne Jari Jarmo
Jasmine Jasper Jenny Jens Jerker Jerry Jesper Jessica Jim Jimmy Joakim Joar Joel Johan Johanna Johannes John Johnny Jon
Jonas Jonathan Jonna Jonny Jorma Josef Josefin Josefina Josefine Joseph Josephine Jouko Juha Juhani Juho Julia Julius
Jukka Jussi Jutta Jöran Jörgen Kaarina Kaisa Kaj Kalle Karin Karl Karla Karolina Kaspar Katarina Katariina Kate
Katharina Kati Katrin Kenneth Kerstin Khadija Khaled Khalid Kim Kirsi Kirsten Kjell Klara Klas Knut Kristian Kristiina
Kristin Kristina Kristofer Kristoffer Krzysztof Kurt Laila Lars Lasse Lauri Leif Leila Lena Lennart Leo Leon Leonard
Leopold Liam Lill Lilian Lilly Lina Linda Linn Linnea Linnéa Linus Lisa Lisbeth Lisbet Lise Liselott Liselotte Liv
Loke Lotta Louise Lovisa Lova Lucas Ludvig Lukas Lycke Lydia Madeleine Magda Magdalena Magnus Mahmoud Maja Malik Malin
Malte Manfred Manne Margareta Margaretha Margit Margot Mari Maria Mariam Marianne Marie Marika Marina Mariana Markku
Markus Marcus Marta Martha Martin Martina Marwa Mary Maryam Mathias Mathilda Matilda Matteo Mats Matti Mattias Maud
Mauritz Melina Melvin Merja Mia Michael Michaela Mikael Mikaela Mika Mikko Milla Milo Milton Minna Minea Mira Miriam
Moa Mohamad Mohamed Mohammad Mohammed Mona Monica Monika Morgan Mostafa Muhammad Mustafa Märta Mårten Måns Märit Nadia
Nadja Nancy Natalia Natalie Nathalie Nellie Nelly Niklas Nicklas Niclas Nicole Nicolas Nikolaj Nils Noah Noel Noor Nora
Nour Novalie Oksana Olena Oleksandr Olga Olivia Olle Ollie Olof Olov Omar Oscar Oskar Osman Ossian Otto Ove Owe Pasi
Patricia Patrick Patrik Paul Paula Paulina Pauliina Pekka Pelle Pentti Per Pernilla Peter Petra Petri Petter Pia Pierre
Pirjo Pontus Puck Päivi Pär Ragnar Ragnhild Rahel Raimo Ralf Rasmus Rauni Rebecca Rebecka Reidar Reijo René Reza Rickard
Richard Riitta Rikard Rita Ritva Robert Robin Roger Roland Rolf Ronja Ronny Rosa Rosita Rune Ruth Ruben Sahra Said
Salma Samira Sami Samir Samuel Sandra Sanna Sara Sarah Seija Selma Senait Seppo Siiri Sigbritt Signe Sigrid Sigurd
Sigvard Silvia Simon Simone Siri Siv Sivert Sixten Sofia Sofie Solveig Solweig Sonia Sonja Sophia Sophie Stefan Stella
Stellan Steven Stig Stina Sture Suleiman Susan Susanna Susanne Svante Svea Sven Svetlana Sylvia Sölve Tage Tanja Tapio
Tariq Tatiana Tatjana Ted Terese Teresia Terttu Theo Theodor Therese Thomas Thor Thore Tilda Tilde Tim Timo Tina Tindra
Tiina Tobias Tom Tomas Tommy Tony Tor Torbjörn Tord Tore Torgny Torleif Torsten Tove Tuija Tuomas Tuva Tyra Ture Ulf
Ulla Ulrica Ulrika Uno Ursula Valdemar Valentina Valter Vanja Veikko Vendela Vera Verner Veronica Veronika
Victor Victoria Vidar Viggo Viktor Viktoria Vilgot Vilhelm Vilma Vincent Viola Viveka Vivianne Volodymyr Walter Wilhelm
William Wilma Yasmin Yasmine Yngve Yohannes Yonas Youssef Yrsa Yusuf Yvonne Zahra Zara Zeinab Åke Åsa Åse Örjan Östen
""".split()
)

WORDS_TOO = frozenset("Björn Dag Kent Love Lo My Nova Rut Sol Sten Storm Vide".split())
"""Names that are words as well: names only after the word for a client."""
